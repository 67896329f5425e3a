/** VitePress's own theme in the colours of Gatehouse, with pages of the APIs. */
import { useData } from 'vitepress';
import theme from 'vitepress/theme-without-fonts';
import { defineComponent, h } from 'vue';
import { ApiViewer } from './api-viewer.ts';
import './style.css';

export default {
  extends: theme,
  Layout: defineComponent(() => {
    const { frontmatter } = useData();
    return () => {
      const { api } = frontmatter.value;
      return h(theme.Layout, null, { 'page-top': () => api && h(ApiViewer, { api, key: api }) });
    };
  }),
};
