import { permanent } from '#shared/errors/app-error';

/** @throws AppError `privileged_role`, always: with the statements that an administrator runs to mend it */
export function refusePrivileged(reason: string, statements: readonly string[]): never {
  throw permanent(
    'privileged_role',
    `${reason} Statements are read-only whatever the role may do, but a role that can only read is the safer wall. ` +
      `As an administrator of the database, run:\n${statements.join('\n')}`,
  );
}
