import type { Fault } from '../fault.ts';
import { alarmsTampered } from './alarms-tampered.ts';
import { kill, killAtCommit, killInRearming } from './kills.ts';
import { networkHalfOpen, networkOneWay, networkResetting, networkSlow } from './network.ts';
import {
  commitAnswerLost,
  postgresBackendsFrozen,
  postgresBackendsTerminated,
  postgresConnectionsExhausted,
} from './postgres-connections.ts';
import { accountsLocked, statementsTimeOut, tableLocked } from './postgres-locks.ts';
import { postgresRestarted, standbyPromoted } from './postgres-server.ts';
import { blockEventLoop, clockWrong, freeze, rollingDeploy } from './processes.ts';
import {
  redisClientsKilled,
  redisClosed,
  redisEmptied,
  redisEvicting,
  redisFrozen,
  redisKilled,
  redisMemoryFull,
  redisSubscribersKilled,
} from './redis.ts';

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
  redisSubscribersKilled,
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
