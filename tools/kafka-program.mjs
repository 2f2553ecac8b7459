// Apache Kafka's jars, fetched by Maven into a folder of the user's cache. Runs before `npm ci`: no dependencies, plain JavaScript.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The newest one that kafkajs was seen to work with (docs/adr/0027). */
export const KAFKA_VERSION = '4.4.0';

// slf4j-simple instead of the release's log4j: a log needs no file of settings.
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bordergate</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** The folder with the jars; the first call fetches them. @param {(line: string) => void} [say] @throws when Maven fails */
export function kafkaJars(say = console.log) {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bordergate');
  const folder = path.join(cache, `kafka-${KAFKA_VERSION}`);
  if (existsSync(folder)) return folder;
  say(`kafka: fetching Apache Kafka ${KAFKA_VERSION} into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    const pom = path.join(draft, 'pom.xml');
    writeFileSync(pom, POM);
    execFileSync('mvn', ['--batch-mode', '--quiet', '--file', pom, COPY_DEPENDENCIES, '-DincludeScope=runtime', `-DoutputDirectory=${path.join(draft, 'jars')}`], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    renameSync(path.join(draft, 'jars'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw new Error(`Apache Kafka could not be fetched: ${`${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n')[0] || error.message}`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
