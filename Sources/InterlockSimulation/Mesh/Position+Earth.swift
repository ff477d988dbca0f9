internal import InterlockMeshCore

extension Position {
  /// Where an invented place would be, for adverts: around 48° north, 11° east.
  var onEarth: AdvertData.Location {
    // A degree of latitude is 111.32 km; one of longitude, there, two thirds of it.
    AdvertData.Location(
      latitudeE6: 48_000_000 + Int32(clamping: Int64(north / 0.111_32)),
      longitudeE6: 11_000_000 + Int32(clamping: Int64(east / (0.111_32 * 0.669))))
  }
}
