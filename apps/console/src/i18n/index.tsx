import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { en, type Texts } from './en.js';

export type { Texts };
export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

interface Speech {
  readonly language: Language;
  readonly t: Texts;
  readonly speak: (language: Language) => void;
}

const Speech = createContext<Speech>({ language: 'en', t: en, speak: () => undefined });
const KEY = 'bordergate-language';

/** What was chosen here, else what the browser asks for, else English. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(KEY) ?? navigator.language.slice(0, 2);
  return chosen in LANGUAGES ? (chosen as Language) : 'en';
}

/** All texts of the console, in one language at a time; another than English is loaded when it is wanted. */
export function SpeechProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [texts, setTexts] = useState<{ language: Language; t: Texts }>({ language: 'en', t: en });
  useEffect(() => {
    let current = true;
    const loading = language === 'zh' ? import('./zh.js').then(({ zh }) => zh) : Promise.resolve(en);
    loading.then((t) => {
      if (!current) return;
      setTexts({ language, t });
      document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    }, () => undefined); // the texts that are there stay
    return () => { current = false; };
  }, [language]);
  const speech = useMemo<Speech>(() => ({
    ...texts,
    speak: (next) => {
      localStorage.setItem(KEY, next);
      setLanguage(next);
    },
  }), [texts]);
  return <Speech value={speech}>{children}</Speech>;
}

export const useTexts = (): Texts => use(Speech).t;
export const useSpeech = (): Speech => use(Speech);
