import { useMemo, useRef, useState } from 'react';
import { ApiProblem, formProblem, placed, Unreachable, type Broken, type FormProblem } from '../api/problem.js';
import { useTexts } from '../i18n/index.js';
import { fieldLabel } from '../ui/labels.js';
import type { FormDef } from './forms.js';
import { brokenIn, changesOf, fieldsOf, rebase, requestOf, startValues, type FieldSpec, type Values } from './schema-fields.js';

interface FormOptions {
  readonly def: FormDef;
  /** What it begins with: presets of a new resource, or the resource that is edited. */
  readonly given: Values;
  readonly editing: boolean;
  /** Fields that are not asked for. */
  readonly fixed?: readonly string[];
  /** What is wrong with what would be sent, where the schema of the form does not say it all. */
  readonly check?: (body: Values) => readonly Broken[];
  readonly send: (body: Values) => Promise<unknown>;
  /** After a 412: how it is now. */
  readonly readAgain?: () => Promise<Values>;
}

/** The state of one form: values, errors at their fields, what was sent and what came back. */
export function useForm({ def, given, editing, fixed = [], check, send, readAgain }: FormOptions) {
  const t = useTexts();
  const all = useMemo(() => fieldsOf(def.schema), [def]);
  const [before, setBefore] = useState<Values>(() => ({ ...def.start, ...given }));
  const [values, setValues] = useState<Values>(() => startValues(all, before));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const asked = (spec: FieldSpec): boolean => !fixed.includes(spec.name) && (def.only?.includes(spec.name) ?? true) && (def.when?.[spec.name]?.({ ...given, ...values }) ?? true);
  const fields = all.filter(asked);

  const known = (): string[] => [...fields.map(({ name }) => name), ...(def.inner?.(values) ?? [])];

  const show = ({ fields: found, form: text }: FormProblem) => {
    setErrors(found);
    setFailure(text);
    // after it has been drawn, also when it was behind "more settings"
    if (Object.keys(found).length > 0) setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const say = (text: string) => show({ fields: {}, form: text });

  const submit = async (): Promise<void> => {
    if (busy) return;
    const sent = all.filter((spec) => asked(spec) || fixed.includes(spec.name));
    const body = editing ? changesOf(sent, before, values) : requestOf(sent, values);
    if (editing && Object.keys(body).length === 0) return say(t.form.unchanged);
    const broken = [...brokenIn(def.schema, body, t.form.required), ...(check?.(body) ?? [])];
    if (broken.length > 0) return show(placed(broken, known()));
    setBusy(true);
    try {
      await send(body);
    } catch (error) {
      await refused(error);
    } finally {
      setBusy(false);
    }
  };

  const refused = async (error: unknown): Promise<void> => {
    if (error instanceof ApiProblem && error.problem.status === 412 && readAgain) {
      const theirs = startValues(all, await readAgain());
      const { values: merged, both } = rebase(startValues(all, before), values, theirs);
      setBefore(theirs);
      setValues(merged);
      return say(both.length > 0 ? `${t.form.changed} ${t.form.changedFields(both.map((name) => fieldLabel(t, name)).join(', '))}` : t.form.changed);
    }
    if (error instanceof ApiProblem) return show(formProblem(error.problem, known()));
    if (error instanceof Unreachable) return say(t.form.unknownOutcome);
    throw error;
  };

  return { form, fields, values, errors, failure, busy, submit, set: (name: string, value: unknown) => setValues((now) => ({ ...now, [name]: value })) };
}
