import { createLog, dataSourceOptions, openJournal, orExit, readKafka, Settings } from '@bordergate/platform';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { readDatabaseUrl } from './options.js';
import { HistoriesDiffer, recover } from './store/recover.js';
import { SCHEMA } from './store/schema.js';

/** After the database was restored from a backup, while resources is stopped: puts back the decisions that only Kafka has (docs/operations.md). */
const { databaseUrl, kafka } = orExit(() => {
  const settings = new Settings(process.env);
  return { databaseUrl: readDatabaseUrl(settings), kafka: readKafka(settings) };
});
const journal = openJournal(kafka, { clientId: 'recover', log: createLog('recover', { level: 'warn' }), registry: new Registry() });
const db = await new DataSource(dataSourceOptions(databaseUrl, SCHEMA, 'bordergate-recover')).initialize();
try {
  const { decisions, lostPsks } = await recover(db, journal);
  console.log(decisions === 0 ? 'the log has everything that the topic has' : `${decisions} decisions that only the topic had are in the log again`);
  for (const { tunnelId } of lostPsks) console.log(`${tunnelId}: its pre-shared key was in the lost database only; give it a new one`);
} catch (error) {
  if (!(error instanceof HistoriesDiffer)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await journal.close();
  await db.destroy();
}
