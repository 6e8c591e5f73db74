// The typed client is generated from openapi.json (exported by the API) and committed: `npm run generate`.
// `RECADO_OPENAPI` points the generator at another document, for trying out a change of the API before it is exported.
import { defineConfig } from 'orval'

export default defineConfig({
  recado: {
    input: process.env.RECADO_OPENAPI ?? './openapi.json',
    output: {
      mode: 'split',
      target: './src/gen/api.ts',
      schemas: './src/gen/model',
      client: 'fetch',
      clean: ['./src/gen'],
      urlEncodeParameters: true,
      indexFiles: false,
      override: {
        mutator: { path: './src/http/http.ts', name: 'http' },
        fetch: { includeHttpResponseReturnType: false },
      },
    },
  },
})
