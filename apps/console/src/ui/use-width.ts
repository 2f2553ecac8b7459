import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';

/** The width of an element in whole pixels, 0 before it is known. One that is hidden for a moment keeps its own: nothing is drawn anew for it. */
export function useWidth() {
  const { ref, width } = useElementSize();
  const [known, setKnown] = useState(0);
  if (width > 0 && width !== known) setKnown(width);
  return { ref, width: Math.floor(known) };
}
