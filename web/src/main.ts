import 'element-plus/theme-chalk/base.css'
import './style/base.css'
import './style/parts.css'
import { createApp } from 'vue'
import App from './app.vue'
import { i18n } from './locale/i18n'
import { router } from './router'

createApp(App).use(i18n).use(router).mount('#app')
