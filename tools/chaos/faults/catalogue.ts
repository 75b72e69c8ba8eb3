import type { Fault } from '../fault.ts';
import { alarmsTampered } from './alarms-tampered.ts';
import { blockEventLoop } from './block-event-loop.ts';
import { clockWrong } from './clock-wrong.ts';
import { commitAnswerLost } from './commit-answer-lost.ts';
import { freeze } from './freeze.ts';
import { killAtCommit } from './kill-at-commit.ts';
import { killInRearming } from './kill-in-rearming.ts';
import { kill } from './kill.ts';
import { networkHalfOpen, networkOneWay, networkResetting, networkSlow } from './network.ts';
import { postgresBackendsFrozen, postgresBackendsTerminated } from './postgres-backends.ts';
import { postgresConnectionsExhausted } from './postgres-connections-exhausted.ts';
import { accountsLocked, statementsTimeOut, tableLocked } from './postgres-locks.ts';
import { postgresRestarted } from './postgres-restarted.ts';
import { redisClosed, redisFrozen } from './redis-away.ts';
import { redisClientsKilled } from './redis-clients-killed.ts';
import { redisEmptied } from './redis-emptied.ts';
import { redisKilled } from './redis-killed.ts';
import { redisEvicting, redisMemoryFull } from './redis-memory.ts';
import { rollingDeploy } from './rolling-deploy.ts';
import { standbyPromoted } from './standby-promoted.ts';

const PROGRAMS = ['api', 'worker'] as const;
const COMMIT_POINTS = ['before-commit', 'after-commit', 'after-answer'] as const;
const REDIS_OUTAGES_SECONDS = [3, 7, 15, 60] as const;

/** Everything that can be done to it, in the order of the report. */
export const FAULTS: readonly Fault[] = [
  ...PROGRAMS.map(kill),
  ...PROGRAMS.flatMap((kind) => COMMIT_POINTS.map((point) => killAtCommit(kind, point))),
  ...(['before', 'after'] as const).map(killInRearming),
  ...PROGRAMS.map(freeze),
  ...PROGRAMS.map(blockEventLoop),
  ...PROGRAMS.map(clockWrong),
  rollingDeploy,
  ...(['kept', 'lost'] as const).map(redisKilled),
  redisEmptied,
  ...REDIS_OUTAGES_SECONDS.map(redisFrozen),
  ...REDIS_OUTAGES_SECONDS.map(redisClosed),
  redisClientsKilled,
  redisMemoryFull,
  redisEvicting,
  ...(['promoted', 'removed', 'doubled'] as const).map(alarmsTampered),
  postgresRestarted,
  standbyPromoted,
  postgresBackendsTerminated,
  postgresBackendsFrozen,
  commitAnswerLost,
  postgresConnectionsExhausted,
  accountsLocked,
  tableLocked,
  statementsTimeOut,
  networkOneWay,
  networkHalfOpen,
  networkSlow,
  networkResetting,
];
