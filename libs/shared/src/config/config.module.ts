import { ConfigModule, getConfigToken, registerAs } from '@nestjs/config';

/** The token under which an app's parsed configuration is injected. */
export function configToken(app: string): string {
  return getConfigToken(app);
}

/** Makes the already validated configuration injectable. Nothing reads process.env after this. */
export function configModule(app: string, config: object): ReturnType<typeof ConfigModule.forRoot> {
  return ConfigModule.forRoot({
    isGlobal: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    load: [registerAs(app, () => config)],
  });
}
