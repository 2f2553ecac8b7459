import type { ReactNode } from 'react';
import details from '../resources/details.module.css';

/** A term and what it is, in a list of them. */
export const Pair = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => <div className={details.pair}><dt>{label}</dt><dd>{children}</dd></div>;
