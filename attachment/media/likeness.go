package media

import (
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math/bits"

	"aiqyn"
)

// Likeness decodes a picture that [Inspect] has passed and returns the
// fingerprint of what it shows: 64 bits, in whole numbers, the same on every
// machine.
//
// It is the difference hash (dHash): the picture is divided into nine columns and
// eight rows, the brightness of each field is averaged over all its pixels, and a
// bit says of each two fields beside each other whether the right one is
// brighter. Scaling, another compression and a touch of brightness leave most
// bits as they are. Fields of a plain surface hardly differ; where none does by
// more than two levels of 255, the fingerprint is 0 and is like nothing.
func Likeness(r io.Reader, info Info) (uint64, error) {
	var img image.Image
	var err error
	switch info.Type {
	case JPEG:
		img, err = jpeg.Decode(r)
	case PNG:
		img, err = png.Decode(r)
	default:
		return 0, nil
	}
	if err != nil {
		var own *aiqyn.Error
		if errors.As(err, &own) { // of the reading
			return 0, err
		}
		return 0, malformed(err)
	}
	return difference(fields9x8(img)), nil
}

const (
	columns = 9
	rows    = 8
	// MaxDistance is how many bits may differ in likenesses of one picture.
	MaxDistance = 3
	// flat is how much brightness fields must differ by, in 255ths.
	flat = 2
)

// fields9x8 is the mean brightness of each field, in 256ths of a level.
func fields9x8(img image.Image) (mean [rows][columns]int64) {
	var sum, n [rows][columns]int64
	b := img.Bounds()
	light := brightness(img)
	for y := range b.Dy() {
		row := y * rows / b.Dy()
		for x := range b.Dx() {
			column := x * columns / b.Dx()
			sum[row][column] += int64(light(b.Min.X+x, b.Min.Y+y))
			n[row][column]++
		}
	}
	for r := range rows {
		for c := range columns {
			if n[r][c] > 0 {
				mean[r][c] = sum[r][c] * 256 / n[r][c]
			}
		}
	}
	return mean
}

// brightness reads one pixel; the kinds that cameras make are read directly.
func brightness(img image.Image) func(x, y int) uint8 {
	switch img := img.(type) {
	case *image.YCbCr:
		return func(x, y int) uint8 { return img.Y[img.YOffset(x, y)] }
	case *image.Gray:
		return func(x, y int) uint8 { return img.Pix[img.PixOffset(x, y)] }
	case *image.RGBA:
		return func(x, y int) uint8 { p := img.Pix[img.PixOffset(x, y):]; return luma(p[0], p[1], p[2]) }
	case *image.NRGBA:
		return func(x, y int) uint8 { p := img.Pix[img.PixOffset(x, y):]; return luma(p[0], p[1], p[2]) }
	}
	return func(x, y int) uint8 {
		r, g, b, _ := img.At(x, y).RGBA()
		return luma(uint8(r>>8), uint8(g>>8), uint8(b>>8))
	}
}

// luma weighs the colours as ITU-R BT.601 does, in 65 536ths.
func luma(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

func difference(mean [rows][columns]int64) (hash uint64) {
	plain := true
	for r := range rows {
		for c := range columns - 1 {
			d := mean[r][c+1] - mean[r][c]
			hash <<= 1
			if d > 0 {
				hash |= 1
			}
			plain = plain && d <= flat*256 && d >= -flat*256
		}
	}
	if plain {
		return 0
	}
	return hash
}

// Alike reports whether two likenesses are of one picture, as far as they tell.
func Alike(a, b uint64) bool {
	return a != 0 && b != 0 && bits.OnesCount64(a^b) <= MaxDistance
}

// Bands are the four quarters of a likeness, each with its place: two that differ
// in three bits at most have one in common, so that they are found by an index.
func Bands(likeness uint64) (bands [4]uint32) {
	for i := range bands {
		bands[i] = uint32(i)<<16 | uint32(likeness>>(16*i)&0xFFFF)
	}
	return bands
}
