import assert from 'node:assert/strict';
import test from 'node:test';
import { readBuildInfo } from '../../src/binary/build-info.js';
import { bytesOf } from '../../src/binary/byte-source.js';
import { readElf } from '../../src/binary/elf.js';
import { buildInfoBlob, type ElfImage, elfImage, pointedBuildInfoBlob } from '../helpers/elf-image.js';

const infoOf = (image: ElfImage) =>
  readBuildInfo({ elf: readElf(bytesOf(elfImage(image))), loaded: undefined });

const mark = '\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6';
const modules = `${mark}path\texample.com/shop/cmd/api\nmod\texample.com/shop\t(devel)\t\n${mark}`;
const shop = 'example.com/shop/cmd/api';

test('Go 1.18 and later keep version and modules inline', () => {
  assert.deepEqual(infoOf({ data: buildInfoBlob('go1.26.5', modules) }), {
    goVersion: 'go1.26.5',
    mainPackage: shop,
  });
});

test('Go 1.17 and earlier keep pointers to strings', () => {
  assert.deepEqual(infoOf({ data: pointedBuildInfoBlob('go1.16.15', modules) }), {
    goVersion: 'go1.16.15',
    mainPackage: shop,
  });
});

test('without a section of that name the writable segment is searched at 16-byte steps', () => {
  const blob = buildInfoBlob('go1.22.4 X:boringcrypto');
  const data = new Uint8Array(0x1000);
  data.set(blob.subarray(0, 0x200), 0x230);
  for (const without of ['section headers', '.go.buildinfo'] as const) {
    assert.deepEqual(infoOf({ data, without: [without] }), {
      goVersion: 'go1.22.4 X:boringcrypto',
      mainPackage: undefined,
    });
  }
});

test('a program without the blob, or with an empty version, has no build information', () => {
  assert.equal(infoOf({ data: new Uint8Array(0x1000) }), undefined);
  assert.equal(infoOf({ data: new Uint8Array(0x1000), without: ['section headers'] }), undefined);
  assert.equal(infoOf({ data: buildInfoBlob('') }), undefined);
});

test('a length that is larger than the file is read only as far as it goes', () => {
  const data = buildInfoBlob('go1.26.5');
  data.set([0xff, 0xff, 0xff, 0xff, 0x0f], 32);
  assert.ok((infoOf({ data })?.goVersion.length ?? 0) <= 256);
});
