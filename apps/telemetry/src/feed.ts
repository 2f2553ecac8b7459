import { BgpObservation, Decision, RouteLimitReached, TelemetrySample, TOPICS, TunnelObservation, type JournalRecord, type Topic } from '@bordergate/contracts';
import { readAs, UnreadableRecord, type Door, type Journal, type Subscription } from '@bordergate/platform';
import { fitsRibIn, type RouteLimits, type Touched, type TunnelStates, type VifStates } from '@bordergate/telemetry-core';
import type { LevelTap } from './series/level-tap.js';
import type { z } from 'zod';

export interface FeedOptions {
  readonly journal: Journal;
  readonly states: TunnelStates;
  readonly vifs: VifStates;
  readonly limits: RouteLimits;
  readonly door: Door;
  readonly levels: LevelTap;
  /** After each batch: the tunnels it touched, each once. */
  readonly touched: (tunnelIds: readonly string[]) => void;
}

export interface Feed {
  /** Resolves when all that the topics held at the start has been folded. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** The topics, parsed at the door, into the fold. */
export async function startFeed(options: FeedOptions): Promise<Feed> {
  const { states, vifs, limits, levels } = options;
  const corridors = [
    corridor(TOPICS.decisions, Decision, ({ event }) => {
      if (!event) return [];
      vifs.decision(event);
      return levels.decision(event, states.decision(event));
    }),
    // Kernel FIBs share the topic, are large, and concern no tunnel: they need no parsing.
    corridor(TOPICS.tunnelObservations, TunnelObservation, ({ event }) => {
      if (!event) return [];
      vifs.observation(event);
      return levels.observation(event, states.tunnelObservation(event));
    }, { ignored: 'KernelFibObserved' }),
    corridor(TOPICS.ribIn, BgpObservation, (record) => {
      vifs.ribIn(record);
      return levels.ribIn(record, states.ribIn(record));
    }, { fits: fitsRibIn }),
    corridor(TOPICS.samples, TelemetrySample, ({ event }) => {
      if (event) vifs.sample(event);
      return event ? states.sample(event) : [];
    }),
    // The destinations that are refused share the topic; each gateway's status says that there are some.
    corridor(TOPICS.limits, RouteLimitReached, (record) => {
      limits.warning(record);
      return [];
    }, { ignored: 'RouteRefused' }),
  ];
  const started = await Promise.all(corridors.map((start) => start(options)));
  return {
    ready: Promise.all(started.map(({ caughtUp }) => caughtUp)).then(() => levels.live()),
    close: async () => void (await Promise.all(started.map(({ subscription }) => subscription.close()))),
  };
}

type Start = (options: FeedOptions) => Promise<{ subscription: Subscription; caughtUp: Promise<void> }>;

interface Fitting<Data> {
  /** A type that is left out unread. */
  readonly ignored?: string;
  /** What a schema cannot say. */
  readonly fits?: (record: JournalRecord<Data>) => boolean;
}

function corridor<S extends z.ZodType>(topic: Topic, schema: S, fold: (record: JournalRecord<z.infer<S>>) => Touched, fitting: Fitting<z.infer<S>> = {}): Start {
  const parsed = (record: JournalRecord): JournalRecord<z.infer<S>> | undefined => {
    if (fitting.ignored !== undefined && (record.event?.data as { type?: unknown } | null | undefined)?.type === fitting.ignored) return undefined;
    const known: JournalRecord<z.infer<S>> = { ...record, event: record.event && { ...record.event, data: readAs(schema, record.event.data) } };
    if (fitting.fits?.(known) === false) throw new UnreadableRecord('key and content do not fit');
    return known;
  };
  return async ({ journal, door, touched }) => {
    let reached!: () => void;
    const caughtUp = new Promise<void>((resolve) => { reached = resolve; });
    const subscription = await journal.subscribe(topic, { name: 'telemetry/states', from: 'beginning' }, {
      async batch(records, place) {
        const ids = new Set<string>();
        for (const known of await door.admit(records, place, parsed)) {
          if (known) for (const tunnelId of fold(known)) ids.add(tunnelId);
        }
        if (ids.size > 0) touched([...ids]);
      },
      caughtUp: reached,
    });
    return { subscription, caughtUp };
  };
}
