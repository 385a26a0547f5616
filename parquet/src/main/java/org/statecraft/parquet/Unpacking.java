package org.statecraft.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Unpacks pages. The library leaves gzip to Hadoop, which is not here, so Java's own reader does that; Snappy, Zstandard and raw LZ4
 * are the library's.
 */
final class Unpacking implements CompressionCodecFactory {
    private final CodecFactory library = new CodecFactory(new PlainParquetConfiguration(), 0);

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case GZIP -> new Gzip();
            case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> library.getDecompressor(codec);
            default ->
                throw new UnsupportedOperationException(
                        "its pages are packed with " + codec + ", expected Snappy, Zstandard, gzip or raw LZ4");
        };
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("files are only read");
    }

    @Override
    public void release() {
        library.release();
    }

    private static final class Gzip implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput bytes, int unpackedSize) throws IOException {
            try (InputStream unpacked = new GZIPInputStream(bytes.toInputStream())) {
                return BytesInput.from(unpacked.readNBytes(unpackedSize));
            }
        }

        @Override
        public void decompress(ByteBuffer input, int packedSize, ByteBuffer output, int unpackedSize)
                throws IOException {
            byte[] packed = new byte[packedSize];
            input.get(packed);
            try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed))) {
                output.put(unpacked.readNBytes(unpackedSize));
            }
        }

        @Override
        public void release() {
            // holds nothing
        }
    }
}
