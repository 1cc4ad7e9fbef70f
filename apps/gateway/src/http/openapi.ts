import { applyDecorators } from '@nestjs/common';
import { ApiResponse, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { errorCatalogue } from '#shared/errors/catalogue';

type OpenApiSchema = Record<string, unknown>;

/** Schemas with a name of their own, as they were met: the description lists them once and refers to them. */
const namedSchemas: Record<string, OpenApiSchema> = {};

/** The JSON schema of a zod schema, as OpenAPI 3.1 takes it. */
export function schemaOf(schema: z.ZodType): OpenApiSchema {
  const json = z.toJSONSchema(schema, { io: 'output', reused: 'inline', unrepresentable: 'any' });
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _dialect, $defs, ...rest } = JSON.parse(text) as OpenApiSchema;
  Object.assign(namedSchemas, $defs);
  return rest;
}

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
});

/** Documents problem documents (RFC 9457) of the statuses, with the codes that they carry. */
export function problemResponse(...statuses: number[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => {
      const codes = Object.entries(errorCatalogue).filter(([, entry]) => entry.http === status);
      return ApiResponse({
        status,
        description: codes.map(([code, entry]) => `\`${code}\`: ${entry.meaning}`).join('\n'),
        content: { 'application/problem+json': { schema: schemaOf(problemSchema) } },
      });
    }),
  );
}

/** `/openapi.json` and, for people, `/docs`. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Nano-Analyst')
    .setDescription('Questions in plain language, answered from your databases.')
    .setVersion(version)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'A key of NANO_API_KEYS. Not needed where none is set.',
    })
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'An operator of NANO_OPERATOR_KEYS.' })
    .build();
  SwaggerModule.setup('docs', app, () => withNamedSchemas(SwaggerModule.createDocument(app, description)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Nano-Analyst API',
    // The page would else show the description to a validator on the internet.
    swaggerOptions: { validatorUrl: null },
  });
}

function withNamedSchemas(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas, ...namedSchemas };
  return { ...document, components: { ...document.components, schemas } };
}
