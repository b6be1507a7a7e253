declare module '*.css';

declare module 'virtual:manual' {
  export type Tree = string | [tag: string, attributes: Record<string, string>, ...children: Tree[]];
  const pages: { name: string; title: string; tree: Tree[] }[];
  export default pages;
}
