import { journalContract } from '../journal.contract.js';
import { testJournal } from '../testing/kafka.js';

journalContract('kafka', async (onError) => testJournal({ onError, backoff: { first: 1, last: 5 }, batchSize: 40 }));
