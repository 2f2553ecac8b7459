import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiClient } from './api/client.js';
import type { Config } from './api/platform.js';
import { ApiProblem } from './api/problem.js';
import { App } from './app/app.js';
import './app/theme.css';
import { SpeechProvider } from './i18n/index.js';

const response = await fetch('/config.json', { cache: 'no-cache' });
if (!response.ok) throw new Error(`/config.json: ${response.status}`);
const config = (await response.json()) as Config;

const queries = new QueryClient({
  defaultOptions: {
    // what was refused is refused again; what nobody answered may be answered soon
    queries: { staleTime: 2_000, retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.problem.status < 500) },
    mutations: { retry: false, networkMode: 'always' },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    {/* no <style> is made at run time: theme.css has it all */}
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <SpeechProvider>
        <QueryClientProvider client={queries}>
          <App api={new ApiClient(config.api)} config={config} />
          <Notifications position="bottom-right" />
        </QueryClientProvider>
      </SpeechProvider>
    </MantineProvider>
  </StrictMode>,
);
