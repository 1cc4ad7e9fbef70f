export const DATABASE = Symbol('database');
export const DATABASE_POOL = Symbol('database pool');
export const DATABASE_URL = Symbol('database url');
