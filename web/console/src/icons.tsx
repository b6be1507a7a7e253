// Line drawings of our own, 20 by 20.
const PATHS: Record<string, string> = {
  inbox: 'M3 11l2.5-7h9L17 11v5H3zM3 11h4l1 2h4l1-2h4',
  classify: 'M3 5h9M3 10h13M3 15h6M14 4l1.5 1.5L18 3M12 14l1.5 1.5L16 13',
  ask: 'M4 4h12v9H9l-4 3.500V13H4zM8 7.500a2 2 0 1 1 2.500 2v.8M10.500 11.700v.1',
  knowledge: 'M4 3.500h5.500a1 1 0 0 1 1 1V16a1 1 0 0 0-1-1H4zM16.500 3.500H11.500a1 1 0 0 0-1 1V16a1 1 0 0 1 1-1h5z',
  analytics: 'M3 17h14M5 14v-4M9 14V6M13 14v-6M17 14V4',
  status: 'M2.500 10.500h3.500l2-5.500 3.500 10 2-4.500h4',
  manual: 'M5 3h7l3 3v11H5zM12 3v3h3M7.500 9.500h5M7.500 12.500h5',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100',
  moon: 'M16 12.500A6.500 6.500 0 0 1 7.500 4a6.500 6.500 0 1 0 8.500 8.500z',
  contrast: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 6h4.500M10 9h6.500M10 12h6M10 15h4',
  keyboard: 'M2.500 5.500h15v9h-15zM5.500 8.500h.1M8.500 8.500h.1M11.500 8.500h.1M14.500 8.500h.1M6.500 11.500h7',
  out: 'M8 4H4v12h4M12 6.500l3.500 3.500-3.500 3.500M8 10h7.500',
  back: 'M12 4l-6 6 6 6',
  search: 'M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM13 13l4 4',
};

export function Icon({ name }: { name: string }) {
  return <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d={PATHS[name]} /></svg>;
}
