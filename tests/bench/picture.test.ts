import { describe, expect, test } from 'vitest';
import { axisOver } from '../../tools/bench/picture/axis.ts';
import { renderPicture } from '../../tools/bench/picture/picture.ts';
import type { Curve } from '../../tools/bench/row.ts';
import { elementsOf } from './well-formed.ts';

const curve = (terms: Partial<Curve> = {}): Curve => ({
  title: 'Rate & load',
  xLabel: 'in hand <alarms>',
  yLabel: 'a second',
  series: [
    {
      name: '"ours"',
      points: [
        [0, 0],
        [50, 5],
        [100, 10],
      ],
    },
  ],
  ...terms,
});

describe('an axis', () => {
  test('begins at zero and ends past the highest value, in round steps', () => {
    const axis = axisOver([310, 1_118], false, 0, 100);

    expect(axis.ticks).toEqual([0, 200, 400, 600, 800, 1_000, 1_200]);
    expect(axis.pixelOf(0)).toBe(0);
    expect(axis.pixelOf(600)).toBe(50);
    expect(axis.pixelOf(1_200)).toBe(100);
  });

  test('has room for what is below zero', () => {
    expect(axisOver([-3, 7], false, 0, 100).ticks).toEqual([-4, -2, 0, 2, 4, 6, 8]);
  });

  test('of a logarithm gives every power of ten the same room', () => {
    const axis = axisOver([10, 100_000], true, 0, 400);

    expect(axis.ticks).toEqual([10, 100, 1_000, 10_000, 100_000]);
    expect(axis.ticks.map((tick) => Math.round(axis.pixelOf(tick)))).toEqual([0, 100, 200, 300, 400]);
  });

  test('of a logarithm over a short span has 2 and 5 as well', () => {
    expect(axisOver([12, 80], true, 0, 1).ticks).toEqual([10, 20, 50, 100]);
  });

  test('of a logarithm has no place for zero', () => {
    const axis = axisOver([0, 10], true, 0, 1);

    expect(axis.shows(0)).toBe(false);
    expect(axis.shows(10)).toBe(true);
  });

  test('has room for one value, for equal ones and for none', () => {
    for (const values of [[5], [0, 0], [], [1], [1_000]])
      for (const isLog of [true, false]) {
        const axis = axisOver(values, isLog, 0, 100);
        const places = values.filter((value) => axis.shows(value)).map((value) => axis.pixelOf(value));

        expect(axis.ticks.length).toBeGreaterThan(1);
        expect([...axis.ticks.map((tick) => axis.pixelOf(tick)), ...places].every(Number.isFinite)).toBe(
          true,
        );
      }
  });
});

describe('a picture', () => {
  test('is well-formed, whatever the names in it', () => {
    const elements = elementsOf(renderPicture(curve()));

    expect(elements.filter((name) => name === 'polyline')).toHaveLength(1);
    expect(elements.filter((name) => name === 'circle')).toHaveLength(3);
    expect(() => elementsOf('<svg><g></svg>')).toThrow('</svg> closes g');
    expect(() => elementsOf('<svg><text>a & b</text></svg>')).toThrow('not escaped');
  });

  test('has its lowest point at the lower left and its highest at the upper right', () => {
    const [, points = ''] = /<polyline[^>]*points="([^"]*)"/.exec(renderPicture(curve())) ?? [];
    const [first = [], , last = []] = points.split(' ').map((place) => place.split(',').map(Number));

    expect(first).toEqual([72, 372]);
    expect(last).toEqual([736, 61]);
  });

  test('can be read on light and on dark', () => {
    expect(renderPicture(curve())).toContain('prefers-color-scheme: dark');
  });

  test('leaves out of a logarithm what it cannot show', () => {
    const elements = elementsOf(renderPicture(curve({ logX: true, logY: true })));

    expect(elements.filter((name) => name === 'circle')).toHaveLength(2);
  });

  test('draws no dots on a line of many points', () => {
    const points = Array.from({ length: 600 }, (_point, index) => [index, index % 7] as const);
    const elements = elementsOf(renderPicture(curve({ series: [{ name: 'memory', points }] })));

    expect(elements).not.toContain('circle');
  });

  test('is refused where nobody could tell its lines apart', () => {
    const series = Array.from({ length: 7 }, (_line, index) => ({ name: `${index}`, points: [] }));

    expect(() => renderPicture(curve({ series }))).toThrow('at most 6 lines');
  });
});
