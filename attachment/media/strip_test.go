package media

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"testing"
	"testing/iotest"
)

func stripped(t testing.TB, file []byte) []byte {
	t.Helper()
	info, err := look(file, anything)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var from io.Reader = bytes.NewReader(file)
	if info.Type != PDF {
		from = iotest.HalfReader(from)
	}
	if err := Strip(&out, from, info); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestNothingOfTheCameraIsShown: place, time, maker, comments and text are gone,
// the picture is the same to the pixel, and it stands upright as before.
func TestNothingOfTheCameraIsShown(t *testing.T) {
	img := scene(640, 480, 3)
	photo := withSegment(withSegment(withExif(jpegOf(t, img, 90)), markCOM, []byte("taken by Aigul")), markAPP0+13, []byte("Photoshop 3.0 Aigul"))
	drawing := withChunk(withChunk(pngOf(t, img), "tEXt", []byte("Author\x00Aigul")), "eXIf", []byte("MM\x00\x2aAigul"))
	for name, file := range map[string][]byte{"a photograph": photo, "a drawing": drawing} {
		out := stripped(t, file)
		for _, word := range []string{"Aigul", "Aspan", "2026:11:23"} {
			if bytes.Contains(out, []byte(word)) {
				t.Errorf("%s: %q is still in it", name, word)
			}
		}
		before, after := decoded(t, file), decoded(t, out)
		if !bytes.Equal(before, after) {
			t.Errorf("%s: another picture", name)
		}
		info, err := look(out, pictures)
		if err != nil || info.Camera.Place != nil || info.Camera.Taken != "" || info.Camera.Model != "" {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
		if name == "a photograph" && info.Camera.Upward != 6 {
			t.Errorf("lies on its side: %+v", info.Camera)
		}
	}
	plan := pdfOf(catalogue)
	if !bytes.Equal(stripped(t, plan), plan) {
		t.Error("a plan was changed")
	}
}

func decoded(t testing.TB, file []byte) []byte {
	t.Helper()
	var img image.Image
	var err error
	if file[0] == 0xFF {
		img, err = jpeg.Decode(bytes.NewReader(file))
	} else {
		img, err = png.Decode(bytes.NewReader(file))
	}
	if err != nil {
		t.Fatal(err)
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return bytes.Join([][]byte{img.Y, img.Cb, img.Cr}, nil)
	case *image.RGBA:
		return img.Pix
	}
	t.Fatalf("decoded as %T", img)
	return nil
}

func FuzzInspect(f *testing.F) {
	img := scene(20, 16, 1)
	for _, file := range [][]byte{
		withExif(jpegOf(f, img, 50)), pngOf(f, img), pdfOf(catalogue, streamOf("/Filter /FlateDecode", packed([]byte("0 0 m")))),
		pdfOf(streamOf("/Type /ObjStm /Filter /FlateDecode", packed([]byte("<< >>")))), archiveIn(jpegOf(f, img, 50)),
	} {
		f.Add(file)
	}
	for _, file := range tellingPDFs() {
		f.Add(file)
	}
	small := Limits{Bytes: 1 << 20, Pixels: 1 << 16, Types: Types}
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := look(file, small)
		if err != nil {
			if refusal(err) == err.Error() {
				t.Fatalf("no words for %v", err)
			}
			return
		}
		// What passes can be stripped, passes again, and then says nothing.
		var out bytes.Buffer
		if err := Strip(&out, bytes.NewReader(file), info); err != nil {
			t.Fatalf("passed, and cannot be stripped: %v", err)
		}
		if info.Type == PDF && out.Len() != len(file) {
			t.Fatalf("%d bytes of %d", out.Len(), len(file))
		}
		again, err := look(out.Bytes(), small)
		if err != nil || info.Type != PDF && (again.Camera.Place != nil || again.Camera.Model != "" || again.Width != info.Width) {
			t.Fatalf("stripped: %+v, %v", again, err)
		}
		Likeness(bytes.NewReader(file), info)
	})
}

func FuzzExif(f *testing.F) {
	f.Add(astana(orders[0], "II\x2a\x00"))
	f.Add(astana(orders[1], "MM\x00\x2a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := readExif(b)
		if c.Place != nil && (c.Place.Lat > 90e7 || c.Place.Lat < -90e7 || c.Place.Lon > 180e7 || c.Place.Lon < -180e7) {
			t.Errorf("nowhere: %v", c.Place)
		}
		if len(c.Model) > 200 || len(c.Taken) > 25 {
			t.Errorf("%+v", c)
		}
	})
}

func FuzzPDF(f *testing.F) {
	f.Add(pdfOf(catalogue))
	f.Add(pdfOf(streamOf("/Type /ObjStm /Filter /FlateDecode", packed([]byte("<< /S /GoTo >>")))))
	for _, file := range tellingPDFs() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := readPDF(newScanner(bytes.NewReader(b))); err != nil && refusal(err) == err.Error() {
			t.Errorf("no words for %v", err)
		}
	})
}
