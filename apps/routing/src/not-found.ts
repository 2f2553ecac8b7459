import { reject } from '@bordergate/kernel';
import { RejectionError } from '@bordergate/platform';

/** Also what is asked for in a region that is not its own: nobody learns there that it exists. */
export function notFound(what: string, id: string, region: string): never {
  throw new RejectionError(reject('not-found', `there is no ${what} ${id} in region ${region}`));
}
