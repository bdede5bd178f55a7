//! Compressed bodies, both ways.

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::read::ZlibDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::{self, Read as _, Write as _};

/// Answers shorter than this are not compressed.
const THRESHOLD: usize = 4_096;

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip`.
    Gzip,
    /// `deflate`.
    Deflate,
}

impl Encoding {
    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The one that a client likes best: the heavier one, of equals the
    /// first; `*` stands for gzip if gzip is not named, else for deflate.
    ///
    /// Weights are read as DynamoDB reads them: what follows the first `q=`,
    /// one if that is no number, and never more than one.
    pub fn accepted(header: &str) -> Option<Self> {
        let listed: Vec<(String, f32)> = header
            .split(',')
            .map(|part| {
                let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
                let weight = parameters.split_once("q=").map_or("", |(_, weight)| weight);
                let weight = weight.split_once(';').map_or(weight, |(weight, _)| weight);
                (name.trim().to_ascii_lowercase(), weight.trim().parse().unwrap_or(1.0_f32).min(1.0))
            })
            .collect();
        let named = |encoding: Self| listed.iter().any(|(name, _)| name == encoding.name());
        let mut best: Option<(Self, f32)> = None;
        for (name, weight) in &listed {
            let encoding = match name.as_str() {
                "gzip" => Self::Gzip,
                "deflate" => Self::Deflate,
                "*" if !named(Self::Gzip) => Self::Gzip,
                "*" if !named(Self::Deflate) => Self::Deflate,
                _ => continue,
            };
            // What was named outdoes what a star stands for.
            let better = best.is_none_or(|(chosen, heaviest)| {
                *weight > heaviest || (*weight == heaviest && name != "*" && !named(chosen))
            });
            if *weight > 0.0 && better {
                best = Some((encoding, *weight));
            }
        }
        best.map(|(encoding, _)| encoding)
    }

    /// Compresses what is worth it.
    pub fn compress(self, body: &[u8]) -> Option<Vec<u8>> {
        if body.len() < THRESHOLD {
            return None;
        }
        let compressed = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
        };
        compressed.ok()
    }
}

/// Undoes a `Content-Encoding`, up to a size.
///
/// # Errors
/// It is not so encoded, or longer than allowed.
pub fn decompress(encoding: &str, body: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => plain = body.to_vec(),
        "gzip" => {
            let mut rest = body;
            loop {
                let room = limit.saturating_sub(u64::try_from(plain.len()).unwrap_or(u64::MAX));
                let mut decoder = GzDecoder::new(rest);
                _ = decoder.by_ref().take(room).read_to_end(&mut plain)?;
                rest = decoder.into_inner();
                // Several streams may follow each other; what else follows is
                // ignored, as DynamoDB ignores it.
                if room == 0 || !rest.starts_with(&[0x1f, 0x8b]) {
                    break;
                }
            }
        }
        "deflate" => _ = ZlibDecoder::new(body).take(limit).read_to_end(&mut plain)?,
        _ => return Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
    Ok(plain)
}
