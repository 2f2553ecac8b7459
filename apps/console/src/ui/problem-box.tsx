import { Alert, Button, Group, Text } from '@mantine/core';
import { ApiProblem, Unreachable } from '../api/problem.js';
import { useTexts } from '../i18n/index.js';

/** Why something could not be shown or done, in a sentence; the code is for who reports it. */
export function useProblemText(): (error: unknown) => string {
  const t = useTexts();
  return (error) => {
    if (error instanceof Unreachable) return t.errors.unreachable;
    if (error instanceof ApiProblem) return t.errors.problem(error.problem.detail, error.problem.code);
    return error instanceof Error ? error.message : String(error);
  };
}

export function ProblemBox({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const t = useTexts();
  const textOf = useProblemText();
  return (
    <Alert color="red" title={t.errors.title} role="alert">
      <Group justify="space-between">
        <Text size="sm">{textOf(error)}</Text>
        {onRetry && <Button variant="default" size="xs" onClick={onRetry}>{t.actions.retry}</Button>}
      </Group>
    </Alert>
  );
}
