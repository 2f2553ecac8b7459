/** The envelope of a decision, as far as people ask for it: who decided, when, and which request it answered. */
export interface DecisionEvent {
  readonly id: string;
  readonly actor: string;
  readonly at: string;
  readonly causationId: string;
}

/**
 * Where something in the topology comes from. One small object per decision that still stands; what a peer says carries
 * no such thing, because a million routes would carry a million ids: its tunnel and its session's epoch name it (path.ts).
 */
export interface Said {
  readonly type: string;
  readonly stream: string;
  readonly position: bigint;
  /** Undefined when whoever told the fact did not know it. */
  readonly event: DecisionEvent | undefined;
}
