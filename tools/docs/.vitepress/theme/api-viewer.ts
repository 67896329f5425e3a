/** Shows an OpenAPI document with Swagger UI, as the playground does; it makes calls where the site is served beside a stack. */
import { useData, withBase } from 'vitepress';
import { defineComponent, h, nextTick, onMounted, ref } from 'vue';

const apis = [
  { name: 'auth-api', title: 'Auth API' },
  { name: 'environment-api', title: 'Environment API' },
];

export const ApiViewer = defineComponent({
  props: { api: { type: String, required: true } },
  setup({ api }) {
    const canCall = ref<boolean>();
    onMounted(async () => {
      const answer = await fetch(withBase('/stack.json'));
      ({ canCall: canCall.value } = await answer.json());
      await nextTick();
      for (const href of ['swagger-ui.css', 'api.css'])
        addToHead('link', { rel: 'stylesheet', href: viewer(href) });
      for (const src of ['swagger-ui-bundle.js', 'api.js'])
        addToHead('script', { src: viewer(src), async: false });
    });
    const { page } = useData();
    return () => [
      h('section', { class: 'api-head', 'aria-labelledby': 'title' }, [
        h('h1', { id: 'title' }, page.value.title),
        h('p', canCall.value ? callable : shownOnly),
        h('nav', { 'aria-label': 'APIs' }, h('ul', { class: 'apis' }, apis.map(linkTo))),
        h('h2', { class: 'visually-hidden' }, 'Calls'),
      ]),
      h('div', {
        id: 'api',
        'data-document': withBase(`/openapi/${api}.json`),
        'data-calls': canCall.value ? 'yes' : 'no',
      }),
    ];

    function linkTo({ name, title }: (typeof apis)[number]) {
      const current = name === api ? { 'aria-current': 'page' as const } : {};
      return h('li', h('a', { href: withBase(`/api/${name}.html`), ...current }, title));
    }
  },
});

const callable = 'Choose Authorize, then a call and Execute. The local stack prints its credentials.';
const shownOnly = [
  'Every call with its fields and answers. To make calls from here, start the local stack and serve this site beside it: ',
  h('code', 'npm start'),
  ', then ',
  h('code', 'npm run docs -- serve'),
  '.',
];

const viewer = (file: string) => withBase(`/viewer/${file}`);

function addToHead(name: 'link' | 'script', properties: Record<string, unknown>): void {
  document.head.append(Object.assign(document.createElement(name), properties));
}
