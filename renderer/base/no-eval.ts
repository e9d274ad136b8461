import { z } from 'zod';

// zod compiles checks with `new Function` unless told not to, which the page's policy forbids.
z.config({ jitless: true });
