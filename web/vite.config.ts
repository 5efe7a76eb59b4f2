import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The oldest browser that an office runs is 360's fast core, Chromium 86; the build tool's default would break it.
const oldest = 'chrome86'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: true, // Element Plus uses it in a few components
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false
  },
  build: {
    target: oldest,
    cssTarget: oldest,
    assetsInlineLimit: 0, // a data: address is no 'self'
    modulePreload: { polyfill: false }, // it would be an inline script
    reportCompressedSize: false,
    manifest: true
  },
  server: { proxy: { '/api': process.env.HONGHUA_AT ?? 'http://127.0.0.1:8080' } },
  test: { include: ['test/unit/**/*.test.ts'], environment: 'node' }
} as Parameters<typeof defineConfig>[0])
