import { z } from 'zod';

/** Who asks, as the party in front of the gateway names them: visible ASCII, spaces inside. */
export const callerSchema = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'is 1 to 255 characters of visible ASCII');

/** `SET ROLE "none"` would leave the connection's own role in force. */
const roleName = z
  .string()
  .min(1)
  .max(63)
  .refine((name) => name !== 'none', 'is no role that can be taken on');

/** How statements on PostgreSQL run as whoever asks, so that the database's row-level security decides. */
export const asCallerSchema = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('setting'),
    setting: z
      .string()
      .max(63)
      .regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, 'is two names with a dot between them')
      .default('nano.caller')
      .describe('Holds the caller; policies read it with current_setting'),
  }),
  z.object({
    by: z.literal('role'),
    roles: z.record(callerSchema, roleName).describe('The role of each caller who may ask'),
  }),
]);
export type AsCaller = z.infer<typeof asCallerSchema>;

/** Why a datasource does not serve the caller, or null where it does. */
export function refusalOf(asCaller: AsCaller | undefined, caller: string | null): string | null {
  if (!asCaller) return null;
  if (caller === null) return 'The datasource runs statements as the caller, and the request names none.';
  if (asCaller.by === 'role' && !Object.hasOwn(asCaller.roles, caller))
    return 'The datasource has no role for the caller.';
  return null;
}
