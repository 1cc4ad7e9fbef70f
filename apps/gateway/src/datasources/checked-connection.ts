import type { Connection } from '#shared/contracts/datasource';

/** A connection as it is stored. */
export interface CheckedConnection {
  connection: Connection;
  /** Where the database is, without credentials. */
  location: string;
}
