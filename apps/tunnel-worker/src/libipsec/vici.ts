import { Charon, ViciClosedError, ViciSession } from '@bordergate/vici';
import { DataPlaneError } from '../data-plane.js';
import { connectUnix } from '../linux/unix-stream.js';

/**
 * One conversation with a charon. A connection of its own costs a fifth of a millisecond, and one that waits for the peer
 * (`initiate`) then holds up nobody. `deadlineMs`: when charon does not answer by then, it does not answer.
 */
export async function withCharon<T>(socket: string, what: string, deadlineMs: number, talk: (charon: Charon) => Promise<T>): Promise<T> {
  let session: ViciSession | undefined;
  try {
    session = new ViciSession(await connectUnix(socket));
    return await answered(session, deadlineMs, talk(new Charon(session)));
  } catch (error) {
    if (error instanceof DataPlaneError) throw error;
    throw new DataPlaneError(`vici ${what}`, error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    session?.close();
  }
}

/** A charon that hangs keeps its socket open: what it has not answered by the deadline fails, and the session is closed. */
export async function answered<T>(session: ViciSession, deadlineMs: number, answer: Promise<T>): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    session.close();
  }, deadlineMs);
  try {
    return await answer;
  } catch (error) {
    if (late && error instanceof ViciClosedError) throw new Error(`no answer in ${deadlineMs} ms`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
