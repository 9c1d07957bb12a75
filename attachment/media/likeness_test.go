package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/bits"
	"testing"
)

var orders = []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}

func likeness(t testing.TB, file []byte) uint64 {
	t.Helper()
	info, err := look(file, pictures)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Likeness(bytes.NewReader(file), info)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTheSamePictureIsFound: scaled, compressed harder, as another kind of file
// and a little brighter; and twenty others are not taken for it.
func TestTheSamePictureIsFound(t *testing.T) {
	img := scene(640, 480, 1)
	brighter := image.NewRGBA(img.Bounds())
	for i, v := range img.Pix {
		brighter.Pix[i] = uint8(min(255, int(v)+6))
	}
	want := likeness(t, jpegOf(t, img, 95))
	for name, file := range map[string][]byte{
		"compressed": jpegOf(t, img, 30), "smaller": jpegOf(t, scene(200, 150, 1), 80), "larger": jpegOf(t, scene(1200, 900, 1), 80),
		"a PNG": pngOf(t, img), "brighter": jpegOf(t, brighter, 80), "with Exif": withExif(jpegOf(t, img, 95)),
	} {
		got := likeness(t, file)
		if !Alike(want, got) {
			t.Errorf("%s: %d bits differ", name, bits.OnesCount64(want^got))
		}
		shared := false
		for i, band := range Bands(got) {
			shared = shared || band == Bands(want)[i]
		}
		if !shared {
			t.Errorf("%s: no band in common", name)
		}
	}
	for seed := 2; seed < 22; seed++ {
		if Alike(want, likeness(t, jpegOf(t, scene(640, 480, seed), 80))) {
			t.Errorf("picture %d is taken for it", seed)
		}
	}
}

func TestAPlainSurfaceIsLikeNothing(t *testing.T) {
	wall := image.NewGray(image.Rect(0, 0, 90, 80))
	for i := range wall.Pix {
		wall.Pix[i] = 200 + uint8(i%2)
	}
	if l := likeness(t, pngOf(t, wall)); l != 0 || Alike(l, l) {
		t.Errorf("%x", l)
	}
}

// TestLikenessIsWhatIsWrittenDown computes the fingerprint of a picture small
// enough to do by hand: nine columns, each brighter than the one before, in the
// upper half; darker in the lower.
func TestLikenessIsWhatIsWrittenDown(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 9, 8))
	for y := range 8 {
		for x := range 9 {
			level := uint8(10 * x)
			if y >= 4 {
				level = uint8(90 - 10*x)
			}
			img.SetGray(x, y, color.Gray{level})
		}
	}
	if l := likeness(t, pngOf(t, img)); l != 0xFFFFFFFF00000000 {
		t.Errorf("%016x", l)
	}
	if !Alike(0b111, 0b1<<40) == (bits.OnesCount64(0b111^0b1<<40) <= MaxDistance) {
		t.Error("the distance is not counted in bits")
	}
}

func BenchmarkLikeness(b *testing.B) {
	file := jpegOf(b, scene(4000, 3000, 1), 85)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		likeness(b, file)
	}
}
