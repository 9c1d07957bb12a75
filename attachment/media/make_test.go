package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"testing"
)

// scene paints a picture that has something in it: another with each seed.
func scene(width, height, seed int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	s := float64(seed)
	for y := range height {
		for x := range width {
			u, v := float64(x)/float64(width), float64(y)/float64(height)
			l := 128 + 60*math.Sin(7*u+s*1.7) + 50*math.Cos(5*v*(1+s/3)+u*4)
			img.Set(x, y, color.RGBA{uint8(l), uint8(l * 0.9), uint8(255 - l), 255})
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rational is three fractions of Exif.
func rationals(order binary.AppendByteOrder, degrees, minutes, hundredths uint32) []byte {
	var b []byte
	for _, v := range []uint32{degrees, 1, minutes, 1, hundredths, 100} {
		b = order.AppendUint32(b, v)
	}
	return b
}

// entry is one entry of a directory of a TIFF.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// tiffOf lays directories out: the first, Exif's and that of the receiver.
func tiffOf(order binary.AppendByteOrder, magic string, main, exif, gps []entry) []byte {
	at := 8 + 2 + 12*(len(main)+2) + 4
	exifAt := at
	gpsAt := exifAt + 2 + 12*len(exif) + 4
	dataAt := gpsAt + 2 + 12*len(gps) + 4
	long := func(v int) []byte { return order.AppendUint32(nil, uint32(v)) }
	main = append(main, entry{tagExif, 4, 1, long(exifAt)}, entry{tagGPS, 4, 1, long(gpsAt)})
	out, data := order.AppendUint32([]byte(magic), 8), []byte{}
	for _, list := range [][]entry{main, exif, gps} {
		out = order.AppendUint16(out, uint16(len(list)))
		for _, e := range list {
			out = order.AppendUint16(order.AppendUint16(out, e.tag), e.kind)
			out = order.AppendUint32(out, e.count)
			if len(e.value) <= 4 {
				out = append(out, append(bytes.Clone(e.value), 0, 0, 0, 0)[:4]...)
				continue
			}
			out = order.AppendUint32(out, uint32(dataAt+len(data)))
			data = append(data, e.value...)
		}
		out = order.AppendUint32(out, 0)
	}
	return append(out, data...)
}

// astana is what a telephone writes there on a November morning.
func astana(order binary.AppendByteOrder, magic string) []byte {
	text := func(tag uint16, s string) entry { return entry{tag, 2, uint32(len(s) + 1), []byte(s + "\x00")} }
	return tiffOf(order, magic,
		[]entry{text(tagMake, "Фон"), text(tagModel, "Aspan 7"), {tagOrientation, 3, 1, order.AppendUint16(nil, 6)}},
		[]entry{text(tagTaken, "2026:11:23 10:15:00"), text(tagOffset, "+05:00")},
		[]entry{text(tagLatRef, "N"), {tagLat, 5, 3, rationals(order, 51, 7, 4152)}, text(tagLonRef, "E"), {tagLon, 5, 3, rationals(order, 71, 25, 4944)}})
}

// withSegment puts a segment right behind the beginning of a JPEG.
func withSegment(pic []byte, mark byte, body []byte) []byte {
	out := append(bytes.Clone(pic[:2]), 0xFF, mark)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), pic[2:]...)
}

func withExif(pic []byte) []byte {
	return withSegment(pic, markAPP1, append([]byte(exifHead), astana(binary.LittleEndian, "II\x2a\x00")...))
}

// withChunk puts a chunk right behind the header of a PNG.
func withChunk(pic []byte, name string, body []byte) []byte {
	const header = 8 + 25
	return append(append(bytes.Clone(pic[:header]), pngChunk(name, body)...), pic[header:]...)
}

func pngChunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngHeader is a PNG that says how large it is and has hardly any data.
func pngHeader(width, height uint32, depth, colour byte, data []byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	out := append([]byte(pngMagic), pngChunk("IHDR", append(ihdr, depth, colour, 0, 0, 0))...)
	return append(append(out, pngChunk("IDAT", data)...), pngChunk("IEND", nil)...)
}

func packed(plain []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(plain)
	z.Close()
	return b.Bytes()
}

func unpacked(b []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// pdfOf is a document of these objects.
func pdfOf(objects ...string) []byte {
	out := "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
	for i, o := range objects {
		out += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return []byte(out + "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
}

func streamOf(dict string, body []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

const catalogue = "<< /Type /Catalog /Pages 2 0 R /Lang (kk \\) \\\\ (nested)) >>"

// zipOf is an empty archive whose comment is what follows it.
func zipOf(comment int) []byte {
	return binary.LittleEndian.AppendUint16(append([]byte("PK\x05\x06"), make([]byte, 16)...), uint16(comment))
}
