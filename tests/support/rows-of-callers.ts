import { createEmptyDatabase, onDatabase } from './database.js';

export interface CallersDatabase {
  /** Of the role that the service connects as. */
  url: string;
  superuserUrl: string;
  /** Of Ada and Bob. */
  roles: { ada: string; bob: string };
  /** Of a role that row-level security does not hold. */
  bypassing: string;
  /** A role that the connection's may not take on. */
  foreign: string;
  drop(): Promise<void>;
}

/** Notes that row-level security shows to their owner alone, by the setting nano.caller or by the role. */
export async function makeCallersDatabase(serverUrl: string): Promise<CallersDatabase> {
  const { url: superuserUrl, name, drop } = await createEmptyDatabase(serverUrl);
  const reader = `reader_of_${name}`;
  const roles = { ada: `ada_of_${name}`, bob: `bob_of_${name}` };
  const bypassing = `bypassing_of_${name}`;
  const foreign = `foreign_of_${name}`;
  await onDatabase(superuserUrl, (client) =>
    client.query(`
      CREATE ROLE ${reader} LOGIN PASSWORD 'reader' NOINHERIT;
      CREATE ROLE ${roles.ada}; CREATE ROLE ${roles.bob}; CREATE ROLE ${foreign}; CREATE ROLE ${bypassing} BYPASSRLS;
      GRANT ${roles.ada}, ${roles.bob}, ${bypassing} TO ${reader};
      CREATE TABLE note(owner text, text text);
      INSERT INTO note VALUES ('ada', 'one'), ('ada', 'two'), ('bob', 'three');
      ALTER TABLE note ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON note USING (owner = current_setting('nano.caller', true) OR owner || '_of_${name}' = current_user);
      GRANT SELECT ON note TO ${reader}, ${roles.ada}, ${roles.bob}, ${bypassing};`),
  );
  const url = Object.assign(new URL(superuserUrl), { username: reader, password: 'reader' }).href;
  return {
    url,
    superuserUrl,
    roles,
    bypassing,
    foreign,
    drop: async () => {
      await drop();
      const all = [reader, ...Object.values(roles), bypassing, foreign].join(', ');
      await onDatabase(serverUrl, (client) => client.query(`DROP ROLE ${all}`));
    },
  };
}
