import type { PoolClient } from 'pg';
import { openPool, type PoolUse, type Prisma } from '../../src/storage/client.ts';

interface PlanNode {
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement read. */
export interface Walked {
  readonly indexes: readonly string[];
  /** Rows of the counted tables that were read, used or not. */
  readonly rows: number;
}

/** One connection with the product's own settings: they decide how a statement is planned. */
export async function openConnection(url: string, use: PoolUse) {
  const pool = openPool({ url, maxConnections: 1, applicationName: 'test' }, use);
  // The database is dropped while a connection takes its leave.
  pool.on('error', () => {});
  const connection = await pool.connect();
  return {
    connection,
    close: async (): Promise<void> => {
      connection.release();
      await pool.end();
    },
  };
}

/** Plans the statement as this connection does, once for all values; runs it, and says which indexes and rows it read. */
export async function walkPlan(
  connection: PoolClient,
  { text, values }: Prisma.Sql,
  counted: ReadonlySet<string>,
): Promise<Walked> {
  const given = values.map((value) =>
    typeof value === 'string' ? connection.escapeLiteral(value) : JSON.stringify(value),
  );
  await connection.query(`PREPARE walked AS ${text}`);
  const { rows } = await connection.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE walked${given.length === 0 ? '' : ` (${given.join(', ')})`}`,
  );
  await connection.query('DEALLOCATE walked');
  const nodes = rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => withAllBelow(Plan)));
  return {
    indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].toSorted(),
    rows: nodes.reduce((sum, node) => sum + (counted.has(node['Relation Name'] ?? '') ? rowsOf(node) : 0), 0),
  };
}

const withAllBelow = (node: PlanNode): readonly PlanNode[] => [
  node,
  ...(node.Plans ?? []).flatMap(withAllBelow),
];

function rowsOf(node: PlanNode): number {
  const each =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return each * node['Actual Loops'];
}
