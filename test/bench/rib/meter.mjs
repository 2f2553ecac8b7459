// What a process has used: time and memory.

/** Seconds of the wall clock and of the processors: the second does not change with what else the machine does. */
export function timer() {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: (user + system) / 1e6 };
  };
}

/** Bytes that are reachable, on the V8 heap and off it (typed arrays). Needs --expose-gc. */
export function keptBytes() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
