import { StandardSchemaValidationPipe } from '@nestjs/common';
import { permanent } from '#shared/errors/app-error';

/** Validates what the route decorators name a schema for. The message names the field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const lines = issues.slice(0, 10).map((issue) => {
        const path = (issue.path ?? [])
          .map((part) => String(typeof part === 'object' ? part.key : part))
          .join('.');
        return path === '' ? issue.message : `${path}: ${issue.message}`;
      });
      return permanent('invalid_request', lines.join('; '));
    },
  });
}
