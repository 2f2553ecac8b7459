import { spawnSync } from 'node:child_process';

/** Whether a test can have a broker: one that is named, or what it takes to run one. Elsewhere it skips itself, by name. @param env empty: one of its own */
export const canHaveBroker = (env: NodeJS.ProcessEnv = process.env): boolean => env.KAFKA_BROKERS !== undefined || ['java', 'mvn'].every((program) => spawnSync(program, ['--version']).status === 0);
