// A list of any length of which only the rows near the screen are made. All rows are equally high.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const STEP = 8; // rows by which it moves on, so that not every pixel makes rows
const BEYOND = 2 * STEP; // rows made above and below what is seen
const HEIGHT_PX = 64; // until one is measured

export interface Part { from: number; to: number; style: { height: string; paddingTop: string }; reveal: (index: number) => void }

// `box` holds the rows and nothing else; `covered` is what stays over its beginning while it scrolls.
export function useLongList(box: RefObject<HTMLElement | null>, count: number, covered: string): Part {
  const height = useRef(HEIGHT_PX);
  const [range, setRange] = useState({ from: 0, to: 2 * BEYOND });
  useLayoutEffect(() => {
    const look = () => {
      if (!box.current?.offsetParent)
        return;
      height.current = box.current.firstElementChild?.getBoundingClientRect().height || height.current;
      const top = -box.current.getBoundingClientRect().top;
      const step = STEP * height.current;
      const from = Math.max(0, STEP * Math.floor(Math.min(top, count * height.current) / step) - BEYOND);
      const to = Math.max(from + BEYOND, Math.min(count, STEP * Math.ceil((top + innerHeight) / step) + BEYOND));
      setRange((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    addEventListener('scroll', look, { capture: true, passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look, { capture: true });
      removeEventListener('resize', look);
    };
  });
  const reveal = (index: number) => {
    const list = box.current!.parentElement!;
    const top = box.current!.getBoundingClientRect().top + index * height.current;
    const from = document.querySelector(covered)?.getBoundingClientRect().bottom ?? 0;
    const by = top < from ? top - from : Math.max(0, top + height.current - innerHeight);
    (list.scrollHeight > list.clientHeight ? list : window).scrollBy(0, by);
  };
  return { ...range, style: { height: `${count * height.current}px`, paddingTop: `${range.from * height.current}px` }, reveal };
}
