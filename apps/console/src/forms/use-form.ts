import { useMemo, useRef, useState } from 'react';
import { ApiProblem, formProblem, Unreachable } from '../api/problem.js';
import { useTexts } from '../i18n/index.js';
import { fieldLabel } from '../ui/labels.js';
import type { FormDef } from './forms.js';
import { changesOf, errorsOf, fieldsOf, rebase, requestOf, startValues, type FieldSpec, type Values } from './schema-fields.js';

interface FormOptions {
  readonly def: FormDef;
  /** What it begins with: presets of a new resource, or the resource that is edited. */
  readonly given: Values;
  readonly editing: boolean;
  /** Fields that are not asked for. */
  readonly fixed?: readonly string[];
  readonly send: (body: Values) => Promise<unknown>;
  /** After a 412: how it is now. */
  readonly readAgain?: () => Promise<Values>;
}

/** The state of one form: values, errors at their fields, what was sent and what came back. */
export function useForm({ def, given, editing, fixed = [], send, readAgain }: FormOptions) {
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

  const show = (found: Readonly<Record<string, string>>, text: string | null) => {
    setErrors(found);
    setFailure(text);
    const first = fields.find(({ name }) => name in found);
    // after it has been drawn, also when it was behind "more settings"
    if (first) setTimeout(() => (form.current?.elements.namedItem(first.name) as HTMLElement | null)?.focus());
  };

  const submit = async (): Promise<void> => {
    if (busy) return;
    const sent = all.filter((spec) => asked(spec) || fixed.includes(spec.name));
    const body = editing ? changesOf(sent, before, values) : requestOf(sent, values);
    if (editing && Object.keys(body).length === 0) return show({}, t.form.unchanged);
    const wrong = errorsOf(def.schema, body, t.form.required);
    if (Object.keys(wrong).length > 0) {
      const { '': whole, ...named } = wrong;
      return show(named, whole ?? null);
    }
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
      return show({}, both.length > 0 ? `${t.form.changed} ${t.form.changedFields(both.map((name) => fieldLabel(t, name)).join(', '))}` : t.form.changed);
    }
    if (error instanceof ApiProblem) {
      const { fields: named, form: text } = formProblem(error.problem, fields.map(({ name }) => name));
      return show(named, text);
    }
    if (error instanceof Unreachable) return show({}, t.form.unknownOutcome);
    throw error;
  };

  return { form, fields, values, errors, failure, busy, submit, set: (name: string, value: unknown) => setValues((now) => ({ ...now, [name]: value })) };
}
