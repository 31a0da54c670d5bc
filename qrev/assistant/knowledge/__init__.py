"""What a workspace tells of itself: brand, pain points, case studies, ideal customer."""
