export interface KafkaOptions {
  /** The broker's folder: settings, log, records. */
  readonly dataDir: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** TLS and SASL (PLAIN, SCRAM) on the port, instead of neither; users of SCRAM are made with the folder. */
  readonly security?: KafkaSecurity;
  /** Broker settings, such as `{ 'log.cleaner.backoff.ms': '200' }`, over those of tools/kafka.mjs; an adopted broker keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of the Java machine, instead of the small ones. */
  readonly jvm?: readonly string[];
  /** Told what takes its time: the first fetch of the jars. */
  readonly say?: (line: string) => void;
}

export interface KafkaSecurity {
  readonly username: string;
  readonly password: string;
}

export interface Kafka {
  /** For KAFKA_BROKERS: host:port. */
  readonly brokers: string;
  readonly dataDir: string;
  /** PEM of who signed the broker's certificate: for KAFKA_SSL_CA_FILE; there only with `security`. */
  readonly caFile: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** In good order; resolves when the process has ended. */
  stop(): Promise<void>;
  /** kill -9; resolves when the process has ended. */
  kill(): Promise<void>;
  /** On the same port with the same settings, after a stop if it runs; resolves when it answers. */
  restart(): Promise<void>;
}

export function startKafka(options: KafkaOptions): Promise<Kafka>;
export function findKafka(dataDir: string): Promise<Kafka | undefined>;
export function stopKafka(dataDir: string): Promise<boolean>;
