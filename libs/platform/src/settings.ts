import { readFileSync } from 'node:fs';
import { OptionError } from './option-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a zod schema is asked here. */
interface Rule { safeParse(value: string): { success: boolean; error?: { issues: { message: string }[] } } }

/**
 * The environment, parsed at the door: each reader answers a value that holds its rule, or throws an OptionError that names the variable and
 * never its value, which may be a secret. An empty variable is one that is not set, as shells and manifests write it.
 */
export class Settings {
  constructor(readonly env: Environment) {}

  optional(name: string): string | undefined {
    return this.env[name] || undefined;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  /** @param why what it is needed for, said when it is missing */
  required(name: string, why: string): string {
    const value = this.optional(name);
    if (value === undefined) throw new OptionError(`${name} must be set: ${why}`);
    return value;
  }

  whole(name: string, fallback: number, min: number, max: number): number {
    const value = Number(this.text(name, String(fallback)));
    if (!Number.isInteger(value) || value < min || value > max) throw new OptionError(`${name} must be a whole number from ${min} to ${max}`);
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name, fallback);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new OptionError(`${name} must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
    return choice;
  }

  matching(name: string, fallback: string, rule: Rule): string {
    const value = this.text(name, fallback);
    const parsed = rule.safeParse(value);
    if (!parsed.success) throw new OptionError(`${name} is not valid: ${parsed.error?.issues[0]?.message}`);
    return value;
  }

  /** http:// or https:// addresses, separated by commas. */
  urls(name: string, why: string): [string, ...string[]] {
    const [first, ...others] = this.required(name, why).split(/[\s,]+/).filter(Boolean).map((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.username) throw new OptionError(`${name} must be http://host:port or https://host:port`);
      return url.origin;
    });
    if (first === undefined) throw new OptionError(`${name} must be set: ${why}`);
    return [first, ...others];
  }

  /** NAME itself, or what the file NAME_FILE holds, as secrets are mounted. */
  secret(name: string): string | undefined {
    const file = this.optional(`${name}_FILE`);
    const value = this.optional(name);
    if (file === undefined) return value;
    if (value !== undefined) throw new OptionError(`${name} and ${name}_FILE are both set: one of them is enough`);
    let text: string;
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new OptionError(`${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    if (text === '') throw new OptionError(`${name}_FILE names a file that is empty`);
    return text;
  }

  requiredSecret(name: string, why: string): string {
    const value = this.secret(name);
    if (value === undefined) throw new OptionError(`${name} or ${name}_FILE must be set: ${why}`);
    return value;
  }
}
