import type { TunnelOptions } from '@bordergate/contracts';
import type { IdentityKind } from './identity.js';
import type { ClientSite, ClientTunnel, LocalAnswers } from './site.js';

/** What one make of router can be told. A new device is one file that exports one of these, and a line in devices.ts. */
export interface Device {
  /** In URLs: "cisco-ios". */
  readonly id: string;
  readonly title: string;
  /** What the configuration is written for. */
  readonly versions: string;
  /** Kinds of IKE identity its language has. */
  readonly identities: readonly IdentityKind[];
  /** Pre-shared keys its command line takes as they are. */
  readonly psk: RegExp;
  /** It can be told which networks a CHILD SA is for, several to a tunnel. */
  readonly selectors?: true;
  /** Options it cannot do: empty when all is well. */
  unsupported(options: TunnelOptions): readonly Unsupported[];
  render(job: Job): Rendered;
}

export interface Unsupported {
  readonly option: keyof TunnelOptions;
  /** Why, in a sentence that names the value. */
  readonly because: string;
}

export interface Job {
  readonly site: ClientSite;
  readonly local: LocalAnswers;
  /** The key, or its placeholder. */
  readonly pskOf: (tunnel: ClientTunnel) => string;
  /** The comment at the top of every file, with the device's own sign of comments: "! " or "# ". */
  readonly header: (sign: string) => string;
}

export interface ClientFile { readonly name: string; readonly content: string }

export interface Rendered {
  readonly files: readonly ClientFile[];
  /** What a person has to know or do beside loading the files. */
  readonly notes: readonly string[];
}

/** The command lines that most devices share: no space, quote, question mark, backslash or sign of comment. */
export const PLAIN_PSK = /^[A-Za-z0-9._+/=@%^~,:*-]+$/;
