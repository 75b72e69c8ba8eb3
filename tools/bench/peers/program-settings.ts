/** What a peer's program is told by its environment: the same as the product's own. */
export interface ProgramSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly secret: string;
  readonly port: number;
}

/** @throws where a setting is missing. */
export function programSettings(): ProgramSettings {
  return {
    databaseUrl: setting('DATABASE_URL'),
    redisUrl: setting('REDIS_URL'),
    secret: setting('JWT_SECRET'),
    port: Number(setting('PORT')),
  };
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start this program by the bench`);
  return value;
}
