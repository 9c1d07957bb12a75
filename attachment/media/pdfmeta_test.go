package media

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const (
	infoDict = "<< /Title (Plan of Aigul \\(draft\\)) /Author (Aigul) /Creator (Aspan CAD) /Producer <FEFF04100438043304AF043B> /CreationDate (D:20261123101500+05'00') /Trapped /False >>"
	packet   = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>Aigul</dc:creator></x:xmpmeta><?xpacket end='w'?>"
)

// calling is a document whose end calls an object its Info.
func calling(info int, objects ...string) []byte {
	return bytes.Replace(pdfOf(objects...), []byte("/Size 2"), fmt.Appendf(nil, "/Size 2 /Info %d 0 R", info), 1)
}

// objStm is a packed stream of objects, by their numbers from one on.
func objStm(from int, objects ...string) string {
	head, body := "", ""
	for i, o := range objects {
		head += fmt.Sprintf("%d %d ", from+i, len(body))
		body += o + "\n"
	}
	return streamOf(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(objects), len(head)), packed([]byte(head+body)))
}

const bookmark = "<< /Title (Ground floor) /Parent 9 0 R /Dest [3 0 R /Fit] >>"

// tellingPDFs are documents that tell who made them, as programs write that.
func tellingPDFs() map[string][]byte {
	plain, second := calling(2, catalogue, infoDict, bookmark), calling(2, catalogue, strings.ReplaceAll(infoDict, "draft", "last"))
	table := "/Type /XRef /W [1 2 1] /Info 5 0 R /Root 4 0 R /Size 6 /Filter /FlateDecode"
	return map[string][]byte{
		"a dictionary at the end":    plain,
		"changed once more":          append(bytes.Clone(plain), second[9:]...),
		"a dictionary in a stream":   pdfOf("<< >>", objStm(4, "<< /Type /Catalog /Pages 8 0 R >>", infoDict, bookmark), streamOf(table, packed(make([]byte, 24)))),
		"XMP":                        pdfOf("<< /Type /Catalog /Metadata 2 0 R >>", streamOf("/Type /Metadata /Subtype /XML", []byte(packet))),
		"XMP, packed":                pdfOf("<< /Type /Catalog /Metadata 2 0 R >>", streamOf("/Filter /FlateDecode /Type /Metadata /Subtype /XML", packed([]byte(packet)))),
		"both, and a figure's own":   calling(2, "<< /Type /Catalog /Metadata 4 0 R >>", infoDict, "<< /Producer (Aigul's printer) >>", streamOf("/Type /Metadata /Subtype /XML", []byte(packet))),
		"with a name in its letters": calling(2, catalogue, strings.ReplaceAll(infoDict, "/Author", "/Aut#68or")),
	}
}

// TestNothingOfTheAuthorIsShown: whatever a document tells of its maker is gone, its
// length and every offset stay, and what people see of it, too.
func TestNothingOfTheAuthorIsShown(t *testing.T) {
	for name, file := range tellingPDFs() {
		info, err := look(file, documents)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(name, "dictionary") && (info.Camera.Model != "Aspan CAD" || info.Camera.Taken != "2026-11-23T10:15:00+05:00") {
			t.Errorf("%s: read %+v", name, info.Camera)
		}
		out := stripped(t, file)
		if len(out) != len(file) || bytes.Equal(out, file) {
			t.Errorf("%s: %d bytes became %d", name, len(file), len(out))
		}
		shown := unpackedPDF(t, out)
		for _, word := range []string{"Aigul", "Aspan", "2026", "0410", "FEFF", "xmp", "draft"} {
			if strings.Contains(shown, word) {
				t.Errorf("%s: %q is still in it", name, word)
			}
		}
		before := unpackedPDF(t, file)
		for _, word := range []string{"Ground floor", "/Type /Catalog", "nested", "/Trapped", "startxref\n9\n"} {
			if strings.Count(shown, word) != strings.Count(before, word) {
				t.Errorf("%s: %q is not in it any more", name, word)
			}
		}
		if again, err := look(out, documents); err != nil || again.Camera != (Camera{}) {
			t.Errorf("%s: looked at again: %+v, %v", name, again.Camera, err)
		}
		if !bytes.Equal(stripped(t, out), out) {
			t.Errorf("%s: stripped twice it is another", name)
		}
	}
}

// unpackedPDF is a document and what its streams hold.
func unpackedPDF(t *testing.T, file []byte) string {
	t.Helper()
	all := string(file)
	for _, part := range bytes.Split(file, []byte("stream\n"))[1:] {
		if plain, err := unpacked(part); err == nil {
			all += string(plain)
		}
	}
	return all
}

// TestDocumentsThatCannotBeStripped are refused, with what to do about it.
func TestDocumentsThatCannotBeStripped(t *testing.T) {
	for name, file := range map[string][]byte{
		"a dictionary that is not there":  calling(7, catalogue, infoDict),
		"one that calls itself a thing":   calling(2, catalogue, "<< /Type /Note /Author (Aigul) >>"),
		"one whose author is elsewhere":   calling(2, catalogue, "<< /Author 3 0 R >>", "(Aigul)"),
		"one in the end itself":           bytes.Replace(pdfOf(catalogue), []byte("/Size 2"), []byte("/Size 2 /Info << /Author (Aigul) >>"), 1),
		"one of hundreds of strings":      calling(2, catalogue, "<< /Author (Aigul) "+strings.Repeat("/X (y) ", maxStrings)+">>"),
		"XMP in digits":                   pdfOf("<< /Metadata 2 0 R >>", streamOf("/Type /Metadata /Filter /ASCIIHexDecode", []byte("4169>"))),
		"XMP that calls itself something": pdfOf("<< /Metadata 2 0 R >>", streamOf("/Type /Other", []byte(packet))),
		"XMP that holds objects":          pdfOf(streamOf("/Type /Metadata /Type /ObjStm /Filter /FlateDecode", packed([]byte("<< >>")))),
		"a packet of objects, lying":      calling(5, strings.Replace(objStm(4, "<< >>", infoDict), "/N 2", "/N 1", 1)),
	} {
		if _, err := look(file, documents); refusal(err) != "error.attachment-metadata" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
